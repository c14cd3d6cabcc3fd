mod find_names;
mod read;
mod search;

mod import;
mod preview;

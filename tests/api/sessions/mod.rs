mod choose_school;
mod mint_access_token;
mod password;
mod sign_in;

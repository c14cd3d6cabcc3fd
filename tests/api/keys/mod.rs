mod common;
mod devices;
mod endorse;
mod restrict;
mod revoke;
mod roll;
mod rotate;
mod unlock;

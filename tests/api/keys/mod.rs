mod devices;
mod roll;
mod unlock;

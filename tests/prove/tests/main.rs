//! Each campaign at its shortest: one program, so that those which wait run beside those which work.

mod contract;
mod faults;
mod kill;
mod load;
mod power;
mod rotation;

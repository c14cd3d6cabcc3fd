//! The protocol's tests: one program, so that whoever changes a line has an answer in seconds.

mod encoding;
mod hand_off;
mod kit_parts;
mod known_answers;
mod names;
mod primitives;
mod properties;
mod records;
mod roll;
mod roll_endorsements;
mod roll_limits;
mod roll_school;
mod shown;
mod signed;
mod slots;
mod typed;
mod unlocking;
mod vectors;
mod words;

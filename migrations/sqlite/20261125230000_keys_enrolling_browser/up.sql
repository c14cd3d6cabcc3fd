-- In which signed-in browser an invitation was made, and which device came by it: that browser is its owner's.
alter table enrolment add column session_id blob;
alter table enrolment add column device_id blob;

alter table enrolment drop column device_id;
alter table enrolment drop column session_id;

alter table device drop column pin_wait_until;

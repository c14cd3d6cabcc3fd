-- Until when a device's next PIN is not looked at, after a wrong one.
alter table device add column pin_wait_until bigint;

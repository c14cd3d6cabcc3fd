drop table school_psk;
alter table device drop column lost_at;
alter table kit drop column tested_on;
alter table kit drop column recovered_at;

alter table concern reset (toast_tuple_target);
alter table concern alter column body set storage extended;
alter table amendment reset (toast_tuple_target);
alter table amendment alter column body set storage extended;
alter table action reset (toast_tuple_target);
alter table action alter column body set storage extended;
alter table attachment_chunk alter column body set storage extended;

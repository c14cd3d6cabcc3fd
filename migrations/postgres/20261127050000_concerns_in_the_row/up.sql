-- A row of more than 2 kB has its longest values moved to a table beside it, and each is looked for there when it is
-- read: a third of the time that reading 20,000 rows of 2.5 kB takes. Up to 8 kB, which is a page, they stay in
-- the row. What is sealed cannot be made smaller: nothing tries to. Rows that are there already stay as they are.
alter table concern set (toast_tuple_target = 8160);
alter table concern alter column body set storage external;
alter table amendment set (toast_tuple_target = 8160);
alter table amendment alter column body set storage external;
alter table action set (toast_tuple_target = 8160);
alter table action alter column body set storage external;
alter table attachment_chunk alter column body set storage external;

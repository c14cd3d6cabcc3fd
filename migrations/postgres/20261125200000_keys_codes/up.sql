-- A device's offline codes: its secret, wrapped by the server's own; the last step taken; wrong ones in a row.
alter table device add column code_secret bytea;
alter table device add column code_step bigint;
alter table device add column code_failures integer not null default 0;
-- Until when somebody has shown in this session that they have their device.
alter table session add column present_until timestamptz;

alter table unlock drop column kept;
alter table unlock drop column opened_records;

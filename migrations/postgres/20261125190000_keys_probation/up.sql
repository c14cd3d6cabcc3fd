-- How many records a short look has opened, and whether the owner said afterwards that the browser is theirs.
alter table unlock add column opened_records integer not null default 0;
alter table unlock add column kept boolean not null default false;

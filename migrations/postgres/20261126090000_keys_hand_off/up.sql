-- Whether a link opens the app, on the same device, in the place of a number; and the hash of the token that the
-- browser must bring back then.
alter table unlock add column hand_off boolean not null default false;
alter table unlock add column return_hash bytea;

alter table unlock drop column return_hash;
alter table unlock drop column hand_off;

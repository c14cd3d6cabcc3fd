alter table school_psk alter column lost_at type timestamptz using coalesce(lost_at, 'epoch');
alter table school_psk alter column lost_at set not null;

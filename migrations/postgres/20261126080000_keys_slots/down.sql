drop table slot;

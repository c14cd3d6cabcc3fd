-- A list looks up the links of each concern that it shows. As tables of their own order each is one page to come by
-- instead of two, of the index and of the row; and a chronology finds all it needs of a link in the index that it
-- walks.
create table concern_category_by_concern (
    school_id blob not null,
    concern_id blob not null,
    category_id blob not null,
    position integer not null,
    primary key (school_id, concern_id, category_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, category_id) references category (school_id, id)
) without rowid;
insert into concern_category_by_concern (school_id, concern_id, category_id, position)
    select school_id, concern_id, category_id, position
    from concern_category
    order by school_id, concern_id, category_id;
drop table concern_category;
alter table concern_category_by_concern rename to concern_category;
create index concern_category_category on concern_category (school_id, category_id);

create table concern_pupil_by_concern (
    school_id blob not null,
    concern_id blob not null,
    pupil_id blob not null,
    role text not null,
    position integer not null,
    occurred_at bigint not null,
    primary key (school_id, concern_id, pupil_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
) without rowid;
insert into concern_pupil_by_concern (school_id, concern_id, pupil_id, role, position, occurred_at)
    select school_id, concern_id, pupil_id, role, position, occurred_at
    from concern_pupil
    order by school_id, concern_id, pupil_id;
drop table concern_pupil;
alter table concern_pupil_by_concern rename to concern_pupil;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc, role);

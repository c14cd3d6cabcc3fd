drop index concern_category_category;
alter table concern_category rename to concern_category_by_concern;
create table concern_category (
    school_id blob not null,
    concern_id blob not null,
    category_id blob not null,
    position integer not null,
    primary key (school_id, concern_id, category_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, category_id) references category (school_id, id)
);
insert into concern_category (school_id, concern_id, category_id, position)
    select school_id, concern_id, category_id, position from concern_category_by_concern;
drop table concern_category_by_concern;
create index concern_category_category on concern_category (school_id, category_id);

drop index concern_pupil_pupil;
alter table concern_pupil rename to concern_pupil_by_concern;
create table concern_pupil (
    school_id blob not null,
    concern_id blob not null,
    pupil_id blob not null,
    role text not null,
    position integer not null,
    occurred_at bigint not null default 0,
    primary key (school_id, concern_id, pupil_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
);
insert into concern_pupil (school_id, concern_id, pupil_id, role, position, occurred_at)
    select school_id, concern_id, pupil_id, role, position, occurred_at from concern_pupil_by_concern;
drop table concern_pupil_by_concern;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc);

//! The schema's own rules, read from the databases themselves: both have the same tables, migrations go
//! back as well as forth, and on PostgreSQL no row of one school can reach another.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{Bool, Text};
use diesel::{
    Connection as _, PgConnection, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
};
use testkit::{Database, Engine};

/// The tables that belong to no school: who signs in, and the server's own. The list may only shrink.
const NOT_OF_A_SCHOOL: [&str; 9] = [
    "account",
    "known_browser",
    "membership",
    "outbox",
    "password_link",
    "server_secret",
    "session",
    "setup_code",
    "sign_in_failure",
];

/// Made by diesel for itself.
const LEDGER: &str = "__diesel_schema_migrations";

/// Column by table: type and whether it may be null.
type Columns = BTreeMap<String, BTreeMap<String, (String, bool)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    in_table: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn postgres(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

fn sqlite(database: &Database) -> SqliteConnection {
    SqliteConnection::establish(&database.url()).unwrap()
}

fn lines(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let lines: Vec<Line> = sql_query(sql).load(connection).unwrap();
    lines.into_iter().map(|line| line.line).collect()
}

fn gather(columns: Vec<Column>) -> Columns {
    let mut tables = Columns::new();
    for column in columns {
        let table = tables.entry(column.in_table).or_default();
        table.insert(column.name, (column.kind.to_lowercase(), column.nullable));
    }
    tables
}

fn columns(database: &Database) -> Columns {
    gather(match database.engine() {
        Engine::Sqlite => sql_query(
            "select m.name as in_table, c.name, c.type as kind, (c.\"notnull\" = 0 and c.pk = 0) as nullable
             from sqlite_schema m join pragma_table_info(m.name) c
             where m.type = 'table' and m.name not like 'sqlite_%' and m.name <> '__diesel_schema_migrations'",
        )
        .load(&mut sqlite(database))
        .unwrap(),
        Engine::Postgres => sql_query(
            "select table_name::text as in_table, column_name::text as name, data_type::text as kind,
                    is_nullable = 'YES' as nullable
             from information_schema.columns
             where table_schema = 'public' and table_name <> '__diesel_schema_migrations'",
        )
        .load(&mut postgres(&database.owner_url()))
        .unwrap(),
    })
}

/// The tables as `crates/store/src/schema.rs` writes them down.
fn declared() -> Columns {
    let source = include_str!("../../crates/store/src/schema.rs");
    let mut tables = Columns::new();
    let mut table = None;
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            table = Some(name.to_owned());
        } else if let (Some(table), Some((name, kind))) = (&table, line.split_once(" -> ")) {
            let kind = kind.trim_end_matches(',');
            let bare = kind.trim_start_matches("Nullable<").trim_end_matches('>');
            let columns = tables.entry(table.clone()).or_default();
            columns.insert(name.to_owned(), (bare.to_owned(), kind != bare));
        } else if line == "}" {
            table = None;
        }
    }
    tables
}

fn type_in(engine: Engine, declared: &str) -> &'static [&'static str] {
    match (engine, declared) {
        (Engine::Sqlite, "Identifier" | "Binary") => &["blob"],
        (Engine::Sqlite, "Text" | "Document") => &["text"],
        (Engine::Sqlite, "Date") => &["text", "date"],
        (Engine::Sqlite, "Bool") => &["integer", "boolean"],
        (Engine::Sqlite, "BigInt" | "Integer" | "Instant") => &["integer", "bigint"],
        (Engine::Postgres, "Identifier") => &["uuid"],
        (Engine::Postgres, "Binary") => &["bytea"],
        (Engine::Postgres, "Text") => &["text"],
        (Engine::Postgres, "Document") => &["jsonb"],
        (Engine::Postgres, "Date") => &["date"],
        (Engine::Postgres, "Bool") => &["boolean"],
        (Engine::Postgres, "BigInt") => &["bigint"],
        (Engine::Postgres, "Integer") => &["integer"],
        (Engine::Postgres, "Instant") => &["timestamp with time zone"],
        _ => panic!("what is {declared} on {engine:?}?"),
    }
}

#[test]
fn both_databases_are_as_the_code_declares_them() {
    let declared = declared();
    assert!(declared.len() > 20, "schema.rs was not understood");
    for engine in Engine::BOTH {
        let found = columns(&Database::migrated(engine));
        let names = |columns: &Columns| columns.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&declared), names(&found), "tables on {engine:?}");
        for (table, columns) in &declared {
            let there = &found[table];
            assert_eq!(
                columns.keys().collect::<Vec<_>>(),
                there.keys().collect::<Vec<_>>(),
                "columns of {table} on {engine:?}"
            );
            for (column, (kind, nullable)) in columns {
                let (actual, may_be_null) = &there[column];
                assert!(
                    type_in(engine, kind).contains(&actual.as_str()),
                    "{table}.{column} is {actual} on {engine:?}, declared {kind}"
                );
                assert_eq!(nullable, may_be_null, "{table}.{column} null on {engine:?}");
            }
        }
    }
}

#[test]
fn migrations_go_back_and_forth() {
    for engine in Engine::BOTH {
        let database = Database::empty(engine);
        let steps = store::migrate(&database.owner_url()).unwrap();
        assert!(steps > 0);
        assert_eq!(store::pending(&database.owner_url()).unwrap(), 0);
        let before = columns(&database);
        store::redo(&database.owner_url()).unwrap();
        assert_eq!(before, columns(&database), "{engine:?}");
        assert_eq!(
            store::migrate(&database.owner_url()).unwrap(),
            0,
            "again, {engine:?}"
        );
    }
}

#[test]
fn each_down_undoes_its_up_and_both_databases_have_the_same_steps() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let steps = |engine: &str| {
        let mut steps: Vec<_> = fs::read_dir(folder.join(engine))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        steps.sort();
        steps
    };
    assert_eq!(steps("sqlite"), steps("postgres"));
    // diesel knows a step by its time alone, and of two with the same one it runs one.
    let times: BTreeSet<_> = steps("sqlite")
        .iter()
        .map(|step| step[..14].to_owned())
        .collect();
    assert_eq!(times.len(), steps("sqlite").len());

    for (engine, name) in [(Engine::Sqlite, "sqlite"), (Engine::Postgres, "postgres")] {
        let database = Database::empty(engine);
        let run = |sql: &str| match engine {
            Engine::Sqlite => sqlite(&database).batch_execute(sql).unwrap(),
            Engine::Postgres => postgres(&database.owner_url()).batch_execute(sql).unwrap(),
        };
        let mut states = vec![columns(&database)];
        for step in steps(name) {
            run(&fs::read_to_string(folder.join(name).join(&step).join("up.sql")).unwrap());
            states.push(columns(&database));
        }
        for step in steps(name).iter().rev() {
            states.pop();
            run(&fs::read_to_string(folder.join(name).join(step).join("down.sql")).unwrap());
            assert_eq!(
                states.last(),
                Some(&columns(&database)),
                "{step} back on {engine:?}"
            );
        }
    }
}

#[test]
fn row_level_security_is_forced_on_every_table_of_a_school() {
    let database = Database::migrated(Engine::Postgres);
    let mut owner = postgres(&database.owner_url());
    let open = lines(
        &mut owner,
        "select relname::text as line from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
           and not (relrowsecurity and relforcerowsecurity) order by 1",
    );
    let unexpected: Vec<_> = open
        .iter()
        .filter(|table| !NOT_OF_A_SCHOOL.contains(&table.as_str()) && *table != LEDGER)
        .collect();
    assert!(
        unexpected.is_empty(),
        "without forced row-level security: {unexpected:?}"
    );

    let lax = lines(
        &mut owner,
        "select c.relname || ': ' || coalesce(pg_get_expr(p.polqual, p.polrelid), 'nothing') as line
         from pg_class c left join pg_policy p on p.polrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relrowsecurity
           and (coalesce(pg_get_expr(p.polqual, p.polrelid), '') not like
               '%id = (NULLIF(current_setting(''safehold.school_id''::text, true), ''''::text))::uuid)'
               or p.polwithcheck is not null)", // what may be written is what may be seen
    );
    assert_eq!(lax, [""; 0], "policies that are not of the one school");
}

#[test]
fn no_foreign_key_can_point_into_another_school() {
    let database = Database::migrated(Engine::Postgres);
    let loose = lines(
        &mut postgres(&database.owner_url()),
        "select conrelid::regclass || '.' || conname as line from pg_constraint k
         where contype = 'f'
           and exists (select from pg_attribute where attrelid = conrelid and attname = 'school_id')
           and exists (select from pg_attribute where attrelid = confrelid and attname = 'school_id')
           and not exists (
               select from unnest(conkey, confkey) as pair (here, there)
               join pg_attribute a on a.attrelid = conrelid and a.attnum = here
               join pg_attribute b on b.attrelid = confrelid and b.attnum = there
               where a.attname = 'school_id' and b.attname = 'school_id')",
    );
    assert_eq!(loose, [""; 0]);
}

#[test]
fn the_primary_key_of_every_table_of_a_school_begins_with_the_school() {
    let database = Database::migrated(Engine::Postgres);
    let others = lines(
        &mut postgres(&database.owner_url()),
        "select c.relname::text as line from pg_class c
         join pg_attribute s on s.attrelid = c.oid and s.attname = 'school_id'
         left join pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity
           and k.conkey[1] is distinct from s.attnum",
    );
    assert_eq!(others, [""; 0]);
}

#[test]
fn the_apps_role_owns_nothing_and_can_get_round_nothing() {
    let database = Database::migrated(Engine::Postgres);
    let mut app = postgres(&database.url());
    let powers = lines(
        &mut app,
        "select concat_ws(' ', rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication) as line
         from pg_roles where rolname = current_user",
    );
    assert_eq!(powers, ["safehold_app f f f f f"]);
    let owned = lines(
        &mut app,
        "select relname::text as line from pg_class where pg_get_userbyid(relowner) = current_user",
    );
    assert_eq!(owned, [""; 0]);
    let functions = lines(
        &mut app,
        "select proname::text as line from pg_proc where pronamespace = 'public'::regnamespace and prosecdef",
    );
    assert_eq!(
        functions, [""; 0],
        "functions that run with their owner's rights"
    );
    for forbidden in [
        "create table public.mine (id integer)",
        "alter table concern disable row level security",
        "drop table concern",
        "truncate concern",
        "update audit_entry set action = 'nothing'",
        "delete from audit_entry",
        "delete from roll_entry",
    ] {
        let refused = app.batch_execute(forbidden);
        assert!(refused.is_err(), "the app's role could: {forbidden}");
    }
}

#[test]
fn without_a_school_there_are_no_rows_and_a_row_of_another_school_is_refused() {
    let database = Database::migrated(Engine::Postgres);
    let mut app = postgres(&database.url());
    let [here, there] = [
        "00000000-0000-7000-8000-00000000000a",
        "00000000-0000-7000-8000-00000000000b",
    ];
    let add = |school: &str| {
        format!("insert into school values ('{school}', 'A school', 'open', 0, now())")
    };
    let within = |app: &mut PgConnection, school: &str, sql: &str| {
        app.batch_execute(&format!(
            "begin; set local safehold.school_id = '{school}'; {sql}; commit"
        ))
        .inspect_err(|_| app.batch_execute("rollback").unwrap())
    };
    let counted = "select id::text as line from school";

    within(&mut app, here, &add(here)).expect("a row of one's own school");
    assert!(
        within(&mut app, here, &add(there)).is_err(),
        "a row of another"
    );
    assert!(
        app.batch_execute(&add(here)).is_err(),
        "a row without saying which school"
    );
    assert_eq!(
        lines(&mut app, counted),
        [""; 0],
        "rows seen without a school"
    );
    app.batch_execute(&format!("begin; set local safehold.school_id = '{there}'"))
        .unwrap();
    assert_eq!(
        lines(&mut app, counted),
        [""; 0],
        "rows seen from another school"
    );
    app.batch_execute(&format!(
        "commit; begin; set local safehold.school_id = '{here}'"
    ))
    .unwrap();
    assert_eq!(lines(&mut app, counted), [here]);
    app.batch_execute("commit").unwrap();
    assert_eq!(
        lines(&mut app, counted),
        [""; 0],
        "the setting outlived its transaction"
    );
}

//! The three SQL types of `domain::sql` on the connection that is either database.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::HasSqlType;
use domain::sql::{Document, Identifier, Instant, Json};
use domain::{Id, Kind, Timestamp};

use crate::connection::MultiBackend;

macro_rules! sql_types {
    ($($sql:ident),*) => {$(
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                Self::lookup_sql_type::<$sql>(lookup)
            }
        }
    )*};
}
sql_types!(Identifier, Instant, Document);

macro_rules! values {
    ($([$($generic:tt)*] $rust:ty => $sql:ident;)*) => {$(
        impl<$($generic)*> FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(value: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                value.from_sql::<$rust, $sql>()
            }
        }
        impl<$($generic)*> ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
    )*};
}
values! {
    [K: Kind] Id<K> => Identifier;
    [] Timestamp => Instant;
    [] Json => Document;
}

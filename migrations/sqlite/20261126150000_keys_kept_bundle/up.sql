-- Whether the bundle is sealed under the cookie's own secret by now, and not to the pair that derives from it.
alter table unlock add column bundle_kept boolean not null default false;

-- What is kept under the cookie's secret was not openable before: its owner unlocks again.
update unlock set sealed_bundle = null where bundle_kept;
alter table unlock drop column bundle_kept;

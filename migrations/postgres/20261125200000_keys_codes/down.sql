alter table session drop column present_until;
alter table device drop column code_failures;
alter table device drop column code_step;
alter table device drop column code_secret;

drop trigger member_settled on member;
drop trigger school_psk_settled on school_psk;
drop trigger alert_rule_settled on alert_rule;
drop trigger category_settled on category;
drop function mark_settings();
alter table school drop column settings_mark;

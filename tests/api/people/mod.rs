mod invite;
mod list;
mod resend_invitation;
mod update;

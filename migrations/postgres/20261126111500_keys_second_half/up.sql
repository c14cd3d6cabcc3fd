-- A half that derives from the present secret has a row too once there are several: it was never lost.
alter table school_psk alter column lost_at drop not null;

/** Short names for the contract's shapes. `schema.ts` is generated (`npm run types`); nothing here adds to it. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Session = Schemas["Session"];
export type Named = { id: string; name: string };
export type Role = Schemas["MemberRole"];
export type Member = Schemas["Member"];
export type Device = Schemas["Device"];
export type Enrolment = Schemas["Enrolment"];
export type KeyHolder = Schemas["KeyHolder"];
export type UnlockStarted = Schemas["UnlockStarted"];

export type PupilName = Schemas["PupilName"];
export type PupilRole = Schemas["PupilRole"];
export type Category = Schemas["Category"];
export type Compartment = Schemas["CategoryCompartment"];
export type RecordConcern = Schemas["RecordConcern"];
export type Precision = Schemas["Precision"];
export type Receipt = Schemas["Receipt"];
export type ReceiptStatus = Schemas["ReceiptStatus"];

export type ConcernStatus = Schemas["Status"];
export type ConcernPupil = Schemas["PupilOnConcern"];
export type ConcernSummary = Schemas["ConcernSummary"];
export type Concern = Schemas["Concern"];
export type Action = Schemas["Action"];
export type ActionKind = Schemas["ActionKind"];
export type ActionSummary = Schemas["ActionSummary"];
export type WorkOf = Schemas["WorkOf"];
export type Decision = Schemas["ClosingDecision"];
export type CloseConcern = Schemas["CloseConcern"];
export type HistoryEntry = Schemas["StatusChange"];
export type Alert = Schemas["Alert"];
export type Search = Schemas["SearchRecords"];
export type SearchHit = Schemas["Hit"];
export type Pupil = Schemas["PupilProfile"];
export type ChronologyEntry = Schemas["Entry"];

export type Person = Schemas["SchoolPerson"];
export type AlertRule = Schemas["AlertRule"];
export type Refusal = Schemas["RefusedRow"];
export type ImportPreview = Schemas["RosterPreview"];
export type ImportDone = Schemas["Imported"];

/** A problem document, with whatever members its type adds. */
export type ProblemBody = Schemas["ProblemDocument"] & { [extra: string]: unknown };

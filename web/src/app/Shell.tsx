import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { signOut } from "../api/session";
import { Button, buttonLook } from "../parts/Button";
import { Icon, type IconName } from "../parts/Icon";
import { common, countedShort, shell, titles } from "../words/en";
import { hideScreen } from "./hide";
import { LockButton } from "./LockButton";
import { useMe } from "./me";
import { OutboxBanner } from "./OutboxBanner";
import { queries } from "./queries";
import { Link, usePath } from "./router";
import { useMember, useSession } from "./session";
import styles from "./Shell.module.css";

// Only a key holder ever needs it.
const OpenRecords = lazy(() => import("./OpenRecords"));

type Item = { href: string; words: string; icon: IconName };
/** How much waits on a page, by its path. */
type Marks = Record<string, { short: string; words: string } | undefined>;

const EVERYONE: Item[] = [
  { href: "/record", words: titles.record, icon: "write" },
  { href: "/receipts", words: titles.receipts, icon: "receipt" },
  { href: "/devices", words: titles.devices, icon: "phone" },
];
const RECORDS: Item[] = [
  { href: "/dashboard", words: titles.dashboard, icon: "today" },
  { href: "/alerts", words: titles.alerts, icon: "bell" },
  { href: "/concerns", words: titles.concerns, icon: "folder" },
  { href: "/pupils", words: titles.pupils, icon: "people" },
  { href: "/search", words: titles.search, icon: "search" },
  { href: "/key-holders", words: titles.keyHolders, icon: "key" },
];
const OFFICE: Item[] = [
  { href: "/people", words: titles.people, icon: "people" },
  { href: "/categories", words: titles.categories, icon: "tag" },
  { href: "/alert-rules", words: titles.alertRules, icon: "rule" },
  { href: "/import", words: titles.imports, icon: "upload" },
];

/** The frame around every page behind the sign-in: a bar on a phone, a rail on a desk. */
export function Shell({ children }: { children: ReactNode }) {
  const session = useSession();
  const member = useMember();
  const path = usePath();
  const [open, setOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const unlocked = session.level === "unlocked";
  const me = useMe().data;
  const marks: Marks = {
    "/receipts": mark(me?.unread_replies, shell.newReplies),
    "/alerts": mark(me?.waiting_alerts, shell.alertsWait),
  };
  useEffect(() => setOpen(false), [path]);

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#page">
        {common.skip}
      </a>
      <header className={styles.bar}>
        <Mark />
        <div className={styles.barEnd}>
          {unlocked && <LockButton compact />}
          <Button look="quiet" title={shell.hideHelp} aria-label={shell.hide} onClick={() => hideScreen(true)}>
            <Icon name="hide" size={22} />
            <span className={unlocked ? styles.onlyRoomy : undefined}>{shell.hideShort}</span>
          </Button>
          <Button
            ref={menuButton}
            look="quiet"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? "cross" : "menu"} size={22} />
            <span className="visually-hidden">{open ? shell.closeMenu : shell.menu}</span>
          </Button>
        </div>
      </header>
      <nav
        id="menu"
        className={styles.rail}
        data-open={open ? "" : undefined}
        aria-label={shell.main}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !open) return;
          setOpen(false);
          menuButton.current?.focus();
        }}
      >
        <div className={styles.railTop}>
          <Mark />
        </div>
        <div className={styles.groups}>
          {member.key_holder && !unlocked && (
            <Link className={buttonLook("main")} href="/unlock" aria-current={path === "/unlock" ? "page" : undefined}>
              <Icon name="open" />
              <span>
                {shell.unlock}
                {marks["/alerts"] && <span className={styles.under}>{marks["/alerts"].words}</span>}
              </span>
            </Link>
          )}
          {unlocked && <Group heading={shell.groups.records} items={RECORDS} path={path} marks={marks} />}
          <Group
            heading={unlocked || isOffice(member.roles) ? shell.groups.everyone : undefined}
            items={EVERYONE}
            path={path}
            marks={marks}
          />
          {isOffice(member.roles) && !unlocked && (
            <Group heading={shell.groups.office} items={OFFICE} path={path} marks={marks} />
          )}
        </div>
        <div className={styles.railEnd}>
          {unlocked && (
            <div className={styles.onlyWide}>
              <LockButton />
            </div>
          )}
          <div className={styles.onlyWide}>
            <Button look="quiet" wide title={shell.hideHelp} onClick={() => hideScreen(true)} className={styles.left}>
              <Icon name="hide" />
              {shell.hide}
              <kbd>F9</kbd>
            </Button>
          </div>
          <Button
            look="quiet"
            wide
            className={styles.left}
            onClick={() => {
              queries.clear();
              void signOut();
            }}
          >
            <Icon name="out" />
            {shell.signOut}
          </Button>
          <p className={styles.person}>
            <strong>{member.name}</strong>
            <span>{member.school.name}</span>
          </p>
        </div>
      </nav>
      <main id="page" tabIndex={-1} className={styles.main}>
        <Offline />
        <OutboxBanner />
        {session.unlock && (
          <Suspense>
            <OpenRecords unlock={session.unlock} />
          </Suspense>
        )}
        {children}
      </main>
    </div>
  );
}

function mark(waiting: number | null | undefined, inWords: (n: number) => string) {
  return waiting ? { short: countedShort(waiting), words: inWords(waiting) } : undefined;
}

function isOffice(roles: string[]): boolean {
  return roles.includes("administrator");
}

function Group({
  heading,
  items,
  path,
  marks,
}: {
  heading: string | undefined;
  items: Item[];
  path: string;
  marks: Marks;
}) {
  return (
    <div>
      {heading && <p className={styles.groupHeading}>{heading}</p>}
      <ul>
        {items.map((item) => (
          <li key={item.href}>
            <Link
              className={styles.item}
              href={item.href}
              aria-describedby={marks[item.href] && `mark-${item.icon}`}
              aria-current={path === item.href || path.startsWith(`${item.href}/`) ? "page" : undefined}
            >
              <Icon name={item.icon} />
              {item.words}
              {marks[item.href] && (
                <span className={styles.badge} aria-hidden="true">
                  {marks[item.href]?.short}
                </span>
              )}
            </Link>
            {marks[item.href] && (
              <span id={`mark-${item.icon}`} hidden>
                {marks[item.href]?.words}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The frame of the pages before the sign-in. */
export function BareShell({ children }: { children: ReactNode }) {
  return (
    <div className={styles.bare}>
      <header className={styles.bareBar}>
        <Mark />
      </header>
      <main id="page">{children}</main>
    </div>
  );
}

function Mark() {
  return (
    <Link href="/" className={styles.mark}>
      <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
        <rect width="32" height="32" rx="9" className={styles.markGround} />
        <path d="M9 21.500V13a7 7 0 0 1 14 0v8.500M6.500 23.500h19" className={styles.markLine} />
        <circle cx="16" cy="15" r="2.600" className={styles.markDot} />
      </svg>
      <span className={styles.markName}>{common.product}</span>
    </Link>
  );
}

function Offline() {
  const [online, setOnline] = useState(() => navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return <div role="status">{!online && <p className={styles.banner}>{common.offlineBanner}</p>}</div>;
}

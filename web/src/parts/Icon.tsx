/** The few signs of the client, drawn on one 24-unit grid. Each stands beside words, or is named by them. */
const PATHS = {
  write: "M4 20h4L19.5 8.5a2.8 2.8 0 0 0-4-4L4 16v4Zm10-14 4 4",
  receipt: "M6 3.5h12v17l-3-2-3 2-3-2-3 2v-17Zm3.5 5h5m-5 4h5",
  phone: "M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5Zm3 16h2",
  hide: "M3 3l18 18M10 5.3A10 10 0 0 1 12 5c5 0 8.5 4 10 7a17 17 0 0 1-2.7 3.8M6.2 6.6A16 16 0 0 0 2 12c1.500 3 5 7 10 7 1.800 0 3.400-.5 4.800-1.300M9.900 9.900a3 3 0 0 0 4.200 4.200",
  today: "M4 6.500h16v13.500H4zM4 10.500h16M8 3.500v4m8-4v4",
  bell: "M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 2h-15l1.500-2Zm4 4.500h4",
  folder: "M3.500 6h6l2 2.500h9V19h-17V6Z",
  people:
    "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm-6.500 8.500c.5-3.500 3-5.500 6.500-5.500s6 2 6.500 5.500M16 5a3.200 3.200 0 0 1 0 6.200M18 14.800c2 .7 3.200 2.600 3.500 5.200",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm5-1.500L21 21",
  key: "M8 16a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9Zm4-4.500h9.500M18 11.500v4",
  lock: "M6 10.500h12V20H6zM8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500",
  open: "M6 10.500h12V20H6zM8.500 10.500V8a3.500 3.500 0 0 1 6.700-1.400",
  list: "M4 6h16M4 12h16M4 18h10",
  rule: "M4 7h10m4 0h2M4 17h4m4 0h8M16 4.500v5M10 14.500v5",
  upload: "M12 16V4.500m0 0L7.500 9M12 4.500 16.500 9M4 16v4h16v-4",
  tag: "M3.500 12.500v-8h8l9 9-8 8-9-9Zm4.500-4v.01",
  out: "M14 4H5v16h9M10 12h11m0 0-3.500-3.500M21 12l-3.500 3.500",
  menu: "M4 7h16M4 12h16M4 17h16",
  cross: "M6 6l12 12M18 6 6 18",
  tick: "M5 12.500l4.500 4.500L19 7",
  clip: "M20 11.500 12 19.500a5 5 0 0 1-7-7l8-8a3.300 3.300 0 0 1 4.700 4.700l-8 8a1.700 1.700 0 0 1-2.400-2.400l7.200-7.200",
  right: "M9 5.500 15.500 12 9 18.500",
  left: "M15 5.500 8.500 12l6.500 6.500",
  plus: "M12 5v14M5 12h14",
  urgent: "M12 3 22 20.500H2L12 3Zm0 7v5m0 2.600v.01",
  reply: "M9.500 5 4 10.500 9.500 16M4 10.500h9a7 7 0 0 1 7 7v1.500",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-14v5l3.500 2",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

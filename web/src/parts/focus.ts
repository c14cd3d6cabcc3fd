import { type RefObject, useEffect, useRef } from "react";

/** For a form that opens in place of the button that was pressed: its first field takes the focus. */
export function useFirstFieldFocus<T extends HTMLElement>(): RefObject<T | null> {
  const frame = useRef<T>(null);
  useEffect(() => {
    frame.current?.querySelector<HTMLElement>("input:not([hidden]), select, textarea")?.focus();
  }, []);
  return frame;
}

/** For the button itself: once the form has shut it is there again, and has the focus as before. */
export function useFocusBack<T extends HTMLElement>(open: boolean): RefObject<T | null> {
  const button = useRef<T>(null);
  const was = useRef(open);
  useEffect(() => {
    if (was.current && !open) button.current?.focus();
    was.current = open;
  }, [open]);
  return button;
}

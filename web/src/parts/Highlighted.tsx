import { Fragment } from "react";

/** Text with some of its passages marked. Offsets count characters, not the halves of emoji. */
export function Highlighted({ text, ranges }: { text: string; ranges: number[][] }) {
  return (
    <>
      {cut(text, ranges).map((piece, index) =>
        piece.hit ? <mark key={index}>{piece.text}</mark> : <Fragment key={index}>{piece.text}</Fragment>,
      )}
    </>
  );
}

export function cut(text: string, ranges: number[][]): { text: string; hit: boolean }[] {
  const characters = [...text];
  const pieces: { text: string; hit: boolean }[] = [];
  let at = 0;
  const add = (to: number, hit: boolean) => {
    if (to > at) pieces.push({ text: characters.slice(at, to).join(""), hit });
    at = Math.max(at, to);
  };
  for (const [from = 0, to = 0] of [...ranges].sort((one, other) => (one[0] ?? 0) - (other[0] ?? 0))) {
    add(Math.min(from, characters.length), false);
    add(Math.min(to, characters.length), true);
  }
  add(characters.length, false);
  return pieces;
}

import { useState } from "react";

/** One object for as long as what it holds is the same, as text: what is read from an address is made anew at each render, its dates too. */
export function useStable<Value>(value: Value): Value {
  const [kept, setKept] = useState(value);
  if (JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}

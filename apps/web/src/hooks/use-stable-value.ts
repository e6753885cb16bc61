import { useState } from "react";

/** Keeps the object while its JSON stays the same: values from the URL are made anew at each render. */
export function useStableValue<Value>(value: Value): Value {
  const [kept, setKept] = useState(value);
  if (JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}

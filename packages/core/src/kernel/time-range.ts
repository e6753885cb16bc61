export const isOrdered = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }) =>
  from === undefined || to === undefined || from < to;
export const notOrdered = { path: ["to"], message: "should be after from" };

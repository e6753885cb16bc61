import pg from "pg";

const timestamptz = pg.types.builtins.TIMESTAMPTZ;

const beforeYearOne = "0001-01-02 00:00:00+00";
const afterYear9999 = "9999-12-30 23:59:59.999+00";

/** Postgres allows five-digit years, years BC and infinity; a JavaScript date parses none of them. */
function readableTime(text: string): string {
  if (text.charCodeAt(4) === 0x2d && !text.endsWith("BC")) return text;
  return text.startsWith("-") || text.endsWith("BC") ? beforeYearOne : afterYear9999;
}

type TypeParsers = { getTypeParser: (oid: number, format?: string) => (text: string) => unknown };

function withReadableTimes({ getTypeParser }: TypeParsers): TypeParsers {
  return {
    getTypeParser: (oid, format) => {
      const parse = getTypeParser(oid, format);
      return oid === timestamptz && format === "text" ? (text) => parse(readableTime(text)) : parse;
    },
  };
}

/** Clamps times that an earlier version stored: Prisma's adapter would turn each into an Invalid Date. */
export class Client extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    this.query = new Proxy(this.query, {
      apply: (_query, _self, [first, ...rest]: unknown[]) =>
        Reflect.apply(super.query, this, [
          hasTypes(first) ? { ...first, types: withReadableTimes(first.types) } : first,
          ...rest,
        ]),
    });
  }
}

function hasTypes(query: unknown): query is { types: TypeParsers } {
  return typeof query === "object" && query !== null && "types" in query && query.types !== undefined;
}

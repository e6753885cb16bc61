import { createLoader, createSerializer, parseAsString, parseAsStringLiteral } from "nuqs/server";

export const roleTitles = { admin: "Admin", viewer: "Viewer", user: "User" } as const;

const roles = ["admin", "viewer", "user"] as const;

export const peopleParams = { search: parseAsString, role: parseAsStringLiteral(roles), cursor: parseAsString };

export const loadPeopleParams = createLoader(peopleParams);
export const serialisePeopleParams = createSerializer(peopleParams);

export const roleOptions = roles.map((value) => ({ value, title: roleTitles[value] }));

export const personParams = { cursor: parseAsString };

export const loadPersonParams = createLoader(personParams);

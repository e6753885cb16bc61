/** Names of one language. Where the script is another one, `|` divides a name from how its owner writes it in an address. */
type Language = { given: readonly string[]; family: readonly string[]; isFamilyFirst?: boolean };

const languages: readonly Language[] = [
  {
    given: ["Amelia", "Oliver", "Grace", "Noah", "Isla", "Theo", "Freya", "Jack", "Maya", "Ethan"],
    family: ["Whitfield", "Ashcroft", "Okafor", "Bennett", "Calloway", "Mercer", "Hollis", "Price", "Thornton"],
  },
  {
    given: ["Lena", "Jonas", "Mareike", "Till", "Annika", "Jörg", "Svenja", "Matthias", "Käthe"],
    family: ["Brandt", "Vogel", "Lindner", "Krüger", "Schäfer", "Albrecht", "Weiß", "Petersen"],
  },
  {
    given: ["Amélie", "Théo", "Chloé", "Hugo", "Inès", "Lucas", "Zoé", "Étienne", "Manon"],
    family: ["Fournier", "Lefèvre", "Moreau", "Girard", "Benoît", "Chevalier", "Rousseau"],
  },
  {
    given: ["Lucía", "Mateo", "Sofía", "Iker", "Valentina", "Joaquín", "Camila", "Nicolás"],
    family: ["Herrera", "Ibáñez", "Castaño", "Quiroga", "Peralta", "Solís", "Muñoz"],
  },
  {
    given: ["Tomás", "Beatriz", "João", "Inês", "Rafael", "Letícia", "Caetano"],
    family: ["Oliveira", "Figueiredo", "Assunção", "Barros", "Magalhães", "Teixeira"],
  },
  {
    given: ["Giulia", "Lorenzo", "Chiara", "Niccolò", "Bianca", "Davide"],
    family: ["Ferrara", "Marchetti", "Bellini", "Conti", "Rinaldi", "Galli"],
  },
  {
    given: ["Zofia", "Jakub", "Łucja", "Wojciech", "Hanna", "Michał"],
    family: ["Wiśniewska", "Zieliński", "Nowicka", "Wójcik", "Dąbrowski", "Mazur"],
  },
  {
    given: ["Freja", "Søren", "Astrid", "Lars", "Ingrid", "Åse", "Bjørn", "Linnéa"],
    family: ["Lindqvist", "Østergaard", "Holm", "Nygård", "Sørensen", "Berg", "Dahl"],
  },
  {
    given: ["Олена|olena", "Тарас|taras", "Софія|sofia", "Андрій|andrii", "Марія|maria"],
    family: ["Коваленко|kovalenko", "Шевчук|shevchuk", "Бондар|bondar", "Мельник|melnyk"],
  },
  {
    given: ["Ελένη|eleni", "Νίκος|nikos", "Κατερίνα|katerina", "Γιώργος|giorgos"],
    family: ["Παπαδάκη|papadaki", "Οικονόμου|oikonomou", "Βασιλείου|vasileiou"],
  },
  {
    given: ["ليلى|layla", "يوسف|yusuf", "نور|noor", "كريم|karim", "سلمى|salma"],
    family: ["حداد|haddad", "منصور|mansour", "الخطيب|alkhatib", "صالح|saleh"],
  },
  {
    given: ["陽菜|hina", "蓮|ren", "結衣|yui", "大翔|hiroto", "美咲|misaki"],
    family: ["佐藤|sato", "高橋|takahashi", "伊藤|ito", "小林|kobayashi"],
    isFamilyFirst: true,
  },
  {
    given: ["梓涵|zihan", "浩然|haoran", "雨桐|yutong", "子轩|zixuan"],
    family: ["王|wang", "陈|chen", "林|lin", "赵|zhao"],
    isFamilyFirst: true,
  },
  {
    given: ["Aarav", "Diya", "Ishaan", "Priya", "Rohan", "Ananya", "Kavya"],
    family: ["Sharma", "Iyer", "Banerjee", "Reddy", "Mehta", "Kulkarni"],
  },
  {
    given: ["Adaeze", "Chidi", "Temiloluwa", "Kwame", "Amara", "Sefu", "Nia"],
    family: ["Nwosu", "Adeyemi", "Mensah", "Boateng", "Otieno", "Kamau"],
  },
  {
    given: ["Elif", "Mert", "Zeynep", "Çağla", "Emre", "Gül"],
    family: ["Yıldız", "Aydın", "Öztürk", "Şahin", "Koç"],
  },
];

/** Reserved for examples: none of them is anybody's. Mailchimp takes `example.com` itself for fake, as the real one does. */
const domains = [
  "mail.example.com",
  "mail.example.com",
  "mail.example.com",
  "inbox.example.com",
  "post.example.org",
  "post.example.org",
  "home.example.net",
  "northwind.example",
  "lumen.example",
  "fjord.example",
];

const plain: Readonly<Record<string, string>> = { ø: "o", ł: "l", ß: "ss", ı: "i", æ: "ae" };

/** A name as its owner writes it in an address. */
function toLocalPart(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z]/g, (letter) => plain[letter] ?? "");
}

function pick<T>(list: readonly T[], random: () => number): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new RangeError("there is nothing to choose from");
  return chosen;
}

/** Invented people, each with an address that no other has. */
export function createNamer(random: () => number): () => { name: string; email: string } {
  const taken = new Map<string, number>();
  return () => {
    const { given, family, isFamilyFirst = false } = pick(languages, random);
    const [first, firstLatin] = split(pick(given, random));
    const [last, lastLatin] = split(pick(family, random));
    const domain = pick(domains, random);
    const wanted = `${firstLatin}.${lastLatin}@${domain}`;
    const others = taken.get(wanted) ?? 0;
    taken.set(wanted, others + 1);
    const email = others === 0 ? wanted : `${firstLatin}.${lastLatin}${others + 1}@${domain}`;
    return { name: isFamilyFirst ? `${last} ${first}` : `${first} ${last}`, email };
  };
}

function split(name: string): [string, string] {
  const [own = name, latin = own] = name.split("|");
  return [own, toLocalPart(latin)];
}

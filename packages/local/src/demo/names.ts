/** Behind `|`: the name's spelling in an address. */
const languages: readonly (readonly [given: string, family: string])[] = [
  ["Amelia Oliver Grace Noah Isla Theo Freya Jack Maya Ethan", "Whitfield Ashcroft Okafor Bennett Calloway Mercer"],
  [
    "Lena Jonas Mareike Till Annika Jörg Svenja Matthias Käthe",
    "Brandt Vogel Lindner Krüger Schäfer Albrecht Petersen",
  ],
  ["Amélie Théo Chloé Hugo Inès Lucas Zoé Étienne Manon", "Fournier Lefèvre Moreau Girard Benoît Chevalier"],
  ["Lucía Mateo Sofía Iker Valentina Joaquín Camila Nicolás", "Herrera Ibáñez Castaño Quiroga Peralta Solís Muñoz"],
  ["Tomás Beatriz João Inês Rafael Letícia Caetano", "Oliveira Figueiredo Assunção Barros Magalhães Teixeira"],
  ["Giulia Lorenzo Chiara Niccolò Bianca Davide", "Ferrara Marchetti Bellini Conti Rinaldi Galli"],
  ["Zofia Jakub Wojciech Hanna Emil", "Wiśniewska Zieliński Nowicka Wójcik Mazur Dąbrowski"],
  ["Freja Astrid Lars Ingrid Åse Linnéa", "Lindqvist Holm Nygård Berg Dahl"],
  ["Олена|olena Тарас|taras Софія|sofia Марія|maria", "Коваленко|kovalenko Шевчук|shevchuk Бондар|bondar"],
  ["Ελένη|eleni Νίκος|nikos Κατερίνα|katerina", "Παπαδάκη|papadaki Οικονόμου|oikonomou"],
  ["ليلى|layla يوسف|yusuf نور|noor كريم|karim", "حداد|haddad منصور|mansour صالح|saleh"],
  ["佐藤|sato 高橋|takahashi 伊藤|ito 小林|kobayashi", "陽菜|hina 蓮|ren 結衣|yui 大翔|hiroto"],
  ["王|wang 陈|chen 林|lin 赵|zhao", "梓涵|zihan 浩然|haoran 雨桐|yutong 子轩|zixuan"],
  ["Aarav Diya Ishaan Priya Rohan Ananya Kavya", "Sharma Iyer Banerjee Reddy Mehta Kulkarni"],
  ["Adaeze Chidi Temiloluwa Kwame Amara Sefu Nia", "Nwosu Adeyemi Mensah Boateng Otieno Kamau"],
  ["Elif Mert Zeynep Emre Gül", "Aydemir Öztürk Koç Çelik"],
];

/** Reserved for examples. Mailchimp refuses `example.com` itself as fake. */
const domains = [
  ...["mail.example.com", "mail.example.com", "inbox.example.com", "post.example.org", "post.example.org"],
  ...["home.example.net", "northwind.example", "lumen.example", "fjord.example"],
];

export function createNamer(random: () => number): () => { name: string; email: string } {
  const taken = new Map<string, number>();
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)] as Item;
  return () => {
    const both = pick(languages).map((names) => pick(names.split(" ")).split("|"));
    const latin = both.map((parts) => parts.at(-1)?.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, ""));
    const [local, domain] = [latin.join("."), pick(domains)];
    const number = (taken.get(`${local}@${domain}`) ?? 0) + 1;
    taken.set(`${local}@${domain}`, number);
    return { name: both.map(([own]) => own).join(" "), email: `${local}${number > 1 ? number : ""}@${domain}` };
  };
}

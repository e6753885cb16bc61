/** Also inside JSON or an angle bracket: rather too much of a text than too little of an address. */
export const emailAddresses = /[^\s"'<>(),;:\\[\]]+@[^\s"'<>(),;:\\[\]]+/gu;

/** Signs that a Chinese keyboard or a copied text has in the place of those of ASCII. */
const plainSigns = (text: string): string =>
  text
    .replaceAll(/[\uFF01-\uFF5E]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll('。', '.')
    .replaceAll('−', '-')
    .replaceAll(/\s/g, '')
    .replace(/%$/, '');

const inThousands = /^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const number = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
/** What may yet become a number: nothing is said of it while it is being typed. */
const begun = /^[-+]?(\d*\.?\d*e[-+]?|\.)?$/i;

/**
 * A number as people type or paste it, in the words of JavaScript: `1,204` is grouped, `1,5` has a decimal comma, and
 * full-width digits are digits. Empty for what is no number; what was only begun is given back as it is.
 */
export function numberText(typed: string): string {
  const plain = plainSigns(typed);
  const text = inThousands.test(plain)
    ? plain.replaceAll(',', '')
    : plain.replace(/^([^,.]*),([^,.]*)$/, '$1.$2');
  return number.test(text) || begun.test(text) ? text : '';
}

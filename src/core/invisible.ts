/**
 * Characters that show nothing or reorder what is shown: control, format, bidi, tags, selectors, fillers, private use,
 * noncharacters, lone surrogates. Line feeds and tabs are among them: whoever keeps those takes them out first.
 */
export const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]/gu

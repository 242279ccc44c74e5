/** The text of a file, put in when the bundle is built. */
declare module '*?raw' {
  const text: string
  export default text
}

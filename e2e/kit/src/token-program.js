// An app that sends with the token that it was given, and without.
const { EXOCOM_HOST, EXOCOM_PORT, EXOCOM_TOKEN } = process.env;
const url = `http://${EXOCOM_HOST}:${EXOCOM_PORT}/v1/send/greeted`;
const statusWith = async (headers) => (await fetch(url, { method: "POST", headers })).status;
const trusted = await statusWith({ authorization: `Bearer ${EXOCOM_TOKEN}` });
console.log(`answered ${trusted} with the token, ${await statusWith({})} without`);

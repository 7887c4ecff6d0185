// The text of a SAML answer, before it is signed.
import { type Person, escaped } from './site.ts';

/** What an answer says besides the person. */
export interface Answer {
  issuer: string;
  audience: string;
  /** Where it is to be posted. */
  recipient: string;
  /** The request that it answers; without, nobody has asked. */
  request: string | undefined;
  session: string;
  from: Date;
  until: Date;
}

/** Without a person it says that they have cancelled. */
export function answerXml(answer: Answer, person: Person | undefined): { id: string; context: string } {
  const id = `_${crypto.randomUUID()}`;
  const request = answer.request ? ` InResponseTo="${escaped(answer.request)}"` : '';
  const status = (name: string, inside = '') =>
    `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${name}">${inside}</samlp:StatusCode>`;
  const context = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${escaped(answer.recipient)}"${request}>
  <saml:Issuer>${escaped(answer.issuer)}</saml:Issuer>
  <samlp:Status>${person ? status('Success') : status('Responder', status('RequestDenied'))}</samlp:Status>
  ${person ? assertionXml(answer, person, request) : ''}
</samlp:Response>`;
  return { id, context };
}

function assertionXml(answer: Answer, person: Person, request: string): string {
  const now = new Date().toISOString();
  const until = answer.until.toISOString();
  const values = (texts: string[]) =>
    texts.map((text) => `<saml:AttributeValue>${escaped(text)}</saml:AttributeValue>`).join('');
  const attribute = (name: string, texts: string[]) =>
    `<saml:Attribute Name="${name}">${values(texts)}</saml:Attribute>`;
  return `<saml:Assertion ID="_${crypto.randomUUID()}" Version="2.0" IssueInstant="${now}">
    <saml:Issuer>${escaped(answer.issuer)}</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${escaped(person.id)}</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData NotOnOrAfter="${until}" Recipient="${escaped(answer.recipient)}"${request}/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="${answer.from.toISOString()}" NotOnOrAfter="${until}">
      <saml:AudienceRestriction><saml:Audience>${escaped(answer.audience)}</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${escaped(answer.session)}">
      <saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext>
    </saml:AuthnStatement>
    <saml:AttributeStatement>${attribute('email', [person.email])}${attribute('displayName', [person.name])}${attribute('groups', person.groups)}</saml:AttributeStatement>
  </saml:Assertion>`;
}

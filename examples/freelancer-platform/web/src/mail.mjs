// The one e-mail that the service sends itself; the workflow sends the others.
import { SendEmailCommand } from '@aws-sdk/client-sesv2';

/**
 * A function that tells a freelancer of an approved milestone.
 *
 * @param {object} options
 * @param {{ send: Function }} options.client a client of SES
 * @param {string} options.from
 * @param {string} options.configurationSet
 * @param {string} [options.template] the template's name at AWS; without it nothing is sent
 */
export function createMilestoneMail({ client, from, configurationSet, template }) {
  if (!template) return async () => false;
  return async ({ to, data }) => {
    await client.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        ConfigurationSetName: configurationSet,
        Content: { Template: { TemplateName: template, TemplateData: JSON.stringify(data) } },
      }),
    );
    return true;
  };
}

import { expect } from 'chai';
import { descriptionOf, isSecret, settingNames, settings } from './settings.ts';

describe('settings', () => {
  it('counts every password and token as a secret, and nothing else', () => {
    const secrets = settingNames.filter((name) => /_(PASSWORD|TOKEN)$/.test(name));
    expect(settingNames.filter(isSecret)).to.deep.equal(secrets);
    expect(secrets).to.have.length(8);
  });

  it('describes every setting, and names its unit', () => {
    for (const name of settingNames) {
      const description = descriptionOf(name);
      expect(description, name).not.to.be.empty;
      if (name.includes('SECONDS')) expect(description, name).to.include('in seconds');
      if (name.includes('HOURS')) expect(description, name).to.include('in hours');
    }
  });

  it('takes no password in the address of the schema registry', () => {
    const url = (value: string) => settings.shape.ONHAND_SCHEMA_REGISTRY_URL.safeParse(value);
    expect(url('https://registry:8081/apis/ccompat/v7').success).to.be.true;
    for (const wrong of ['http://user:planted@registry', 'ftp://registry', 'registry:8081']) {
      const { success, error } = url(wrong);
      expect(success, wrong).to.be.false;
      expect(String(error)).not.to.include('planted');
    }
  });
});

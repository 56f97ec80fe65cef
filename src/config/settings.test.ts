import { expect } from 'chai';
import { descriptionOf, isSecret, settingNames } from './settings.ts';

describe('settings', () => {
  it('counts every password as a secret, and nothing else', () => {
    const passwords = settingNames.filter((name) => name.endsWith('_PASSWORD'));
    expect(settingNames.filter(isSecret)).to.deep.equal(passwords);
    expect(passwords).to.have.length(6);
  });

  it('describes every setting, and names its unit', () => {
    for (const name of settingNames) {
      const description = descriptionOf(name);
      expect(description, name).not.to.be.empty;
      if (name.includes('SECONDS')) expect(description, name).to.include('in seconds');
      if (name.includes('HOURS')) expect(description, name).to.include('in hours');
    }
  });
});

import { defineEntity, p } from '@mikro-orm/core';

const SaleSchema = defineEntity({
  name: 'Sale',
  properties: {
    id: p.bigint().primary(),
    isbn: p.string().length(13).index(),
    quantity: p.smallint().default(1),
    soldAt: p.datetime(),
  },
});
export class Sale extends SaleSchema.class {}
SaleSchema.setClass(Sale);

/** What the shop has sold: on MySQL, the connection `reporting`. */
export const reportingEntities = [Sale];

import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

@Entity()
export class Book {
  @PrimaryKey()
  id!: number;

  @Property({ length: 200 })
  title!: string;

  @Property({ default: 'draft' })
  status!: string;
}

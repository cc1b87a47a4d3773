import { EntityManager } from '@mikro-orm/postgresql';
import { Controller, Get } from '@nestjs/common';
import { Book } from './catalogue.entities.js';

@Controller('books')
export class BookController {
  constructor(private readonly em: EntityManager) {}

  @Get()
  async list(): Promise<Book[]> {
    return this.em.find(Book, {}, { orderBy: { title: 'asc' } });
  }
}
